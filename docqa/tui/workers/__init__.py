"""What runs in worker threads and child processes. Workers post messages and touch no widget."""
