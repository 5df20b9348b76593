"""Speed and size, measured from outside on whole processes.

run.py makes the main table: collection.py and home.py prepare a library, rounds.py runs the
commands, process.py measures one, report.py and table.py write the rows. scale.py repeats this for
growing libraries, comparison.py beside the systems of peers.py, for which txtai_install.py and
weights.py fetch what they need. machine.py writes the heading of a table. The others answer one
question each: album_import.py, cold_request.py, heard_library.py, neighbour_graph.py,
onnx_settings.py, taste.py, training.py.

A module that takes memory or time of its own (collection, warm_requests, plain_script, peers) runs
in a process of its own, through home.run_module, and prints one JSON object.
"""
