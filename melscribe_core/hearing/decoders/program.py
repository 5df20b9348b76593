"""Decode with the program ffmpeg, where it is on PATH: all that PyAV decodes."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
from typing import TYPE_CHECKING

import numpy as np

from melscribe_core.hearing.decoders.formats import DEMUXERS
from melscribe_core.hearing.decoders.stretch import Decoder, mono
from melscribe_core.hearing.mel import RATE

if TYPE_CHECKING:
    from melscribe_core.arrays import FloatArray

WARM_UP = RATE // 5  # samples before a stretch at which to begin, see pyav.WARM_UP
_GENERAL = (
    *("-hide_banner", "-nostdin", "-threads", "1", "-vn", "-sn", "-dn"),
    *("-protocol_whitelist", "file,pipe", "-format_whitelist", DEMUXERS),
)
_ENDED = (255, *range(-64, 0))  # exit status after a signal: says nothing about the file
_DURATION = re.compile(rb"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
_AUDIO = re.compile(rb"Stream #0:\d+.*: Audio: ")
_TIME = re.compile(rb"out_time_us=(\d+)")
# The head of an AU file: magic, where the samples begin, their bytes, encoding, rate, channels.
_HEAD = struct.Struct(">4s5I")
_FLOAT = 6  # the encoding: float32, high byte first


class Ffmpeg(Decoder):
    """A file that ffmpeg can open. Raises ValueError for any other, TimeoutError when late."""

    def __init__(self, path: str | bytes) -> None:
        super().__init__()
        # "file:" so that no name is taken for an option or an address.
        self._input = ["-i", "file:" + os.fsdecode(path)]
        told = self._run(self._input).stderr
        if self.left() <= 0:
            raise TimeoutError
        if not _AUDIO.search(told):
            raise ValueError("no audio")
        if found := _DURATION.search(told):
            hours, minutes, seconds = (float(part) for part in found.groups())
            self.length = int((hours * 3600 + minutes * 60 + seconds) * RATE)

    def read(self, start: int, length: int) -> FloatArray:
        """Return a stretch, see Decoder.read. Resampled by ffmpeg: so all of it fits a pipe."""
        before = min(start, WARM_UP)
        place = ["-ss", f"{(start - before) / RATE:.6f}", "-t", f"{(before + length) / RATE:.6f}"]
        form = ["-map", "0:a:0", "-ar", str(RATE), "-c:a", "pcm_f32be", "-f", "au", "pipe:1"]
        return _samples(self._run([*place, *self._input, *form]).stdout)[before : before + length]

    def measured(self) -> int:
        """Return the length that can be decoded, see Decoder.measured."""
        form = ["-map", "0:a:0", "-f", "null", "-progress", "pipe:1", "-"]
        times = _TIME.findall(self._run([*self._input, *form]).stdout)
        return int(times[-1]) * RATE // 1_000_000 if times else 0

    def _run(self, arguments: list[str]) -> subprocess.CompletedProcess[bytes]:
        """Run ffmpeg; when the time is over, return what it wrote until then."""
        command = [_program() or "ffmpeg", *_GENERAL, *arguments]
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=max(self.left(), 0),
                # Ctrl-C in the terminal is for beets, which lets begun files end.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # Windows
            )
        except subprocess.TimeoutExpired as late:
            return subprocess.CompletedProcess(command, 1, late.stdout or b"", late.stderr or b"")
        except OSError:  # gone since, or the machine has no process left
            self.give_up()
            return subprocess.CompletedProcess(command, 1, b"", b"")
        if done.returncode in _ENDED:
            self.give_up()
        return done


def found() -> bool:
    """Tell whether ffmpeg is on PATH."""
    return _program() is not None


def _program() -> str | None:
    return shutil.which("ffmpeg")


def _samples(au: bytes) -> FloatArray:
    """Return the mean of the channels of an AU file, empty where it is not whole."""
    if len(au) < _HEAD.size:
        return np.zeros(0, np.float32)
    magic, start, _, encoding, rate, channels = _HEAD.unpack_from(au)
    if (magic, encoding, rate) != (b".snd", _FLOAT, RATE) or not channels:
        return np.zeros(0, np.float32)
    count = (len(au) - start) // (4 * channels) * channels
    if count <= 0:
        return np.zeros(0, np.float32)
    return mono(np.frombuffer(au, ">f4", count, start).astype(np.float32).reshape(-1, channels))
