"""What ``import jupyter_mvt as mvt`` gives."""

from jupyter_mvt.display import provide_renderers

# By name: views are above this floor, and are imported when something is first shown.
provide_renderers("jupyter_mvt.views.register")
