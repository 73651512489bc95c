"""What ``import jupyter_mvt as mvt`` gives."""
