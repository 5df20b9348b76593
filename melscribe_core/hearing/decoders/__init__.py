"""Decoders: any stretch of an audio file as mono samples of 16 kHz.

Reading order: formats (which kind of file it is, by its content), stretch (what every decoder
gives, and how channels become mono and 16 kHz), quiet (messages of C libraries kept off the
terminal), sndfile, pyav and program (libsndfile, FFmpeg as a library, FFmpeg as a program), choice
(which of them for which file).
"""
