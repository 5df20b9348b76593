"""Wing: audio files -> what two small nets hear in them -> descriptors.

Reading order: outputs (what the nets were trained to recognise), sound (what is kept of a track),
mel and tempo (the nets' input; beats per minute), decoders and excerpts (files -> short windows of
samples), nets (windows -> probabilities), hearing (all of it for one file). Then containers and
content (which audio a file holds, whatever its name and tags), marking, records, rescue and heard
(the file in which all this is kept). Then thresholds (outputs -> probabilities of descriptors),
agreement and judgement (how far to believe them, by the tags of the same library), likeness (tracks
that sound alike), learned and learning (the person's own words, from tracks that have tags and
sound), tower (a trained net in place of learned).

The nets are in `hearing/model/`; `melscribe-train hearing-export` writes them. A new descriptor is
a line in `hearing/data/thresholds.txt`.
"""
