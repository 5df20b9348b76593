"""Where the audio lies in a file, whatever tags are around it: small readers that seek.

Reading order: reader (reads that never go beyond the file), tags (ID3, APE and Lyrics3 around the
audio), chunks (WAV, AIFF, DSF, DFF, ASF, MP4), flac, ogg.
"""
