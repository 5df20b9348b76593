"""Wing: audio files -> what two small nets hear in them -> descriptors.

Reading order: outputs (what the nets were trained to recognise), sound (what is kept of a track),
mel and tempo (the nets' input; beats per minute), decoders and excerpts (files -> short windows of
samples), nets (windows -> probabilities), hearing (all of it for one file), content (which file it
is, whatever its name and tags), heard (the file in which all this is kept), thresholds and
judgement (probabilities -> descriptors, judged by the tags of the same library), likeness
(tracks that sound alike), learned (the person's own words, learned from tracks that have both).

The nets are in `hearing/model/`; `melscribe-train hearing-export` writes them.
"""
