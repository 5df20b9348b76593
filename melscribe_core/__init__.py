"""MelScribe without beets: descriptor sets, encoder, catalogue, search and playlists."""
