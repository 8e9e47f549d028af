"""What people write in files, as models used while loading and nowhere else."""
