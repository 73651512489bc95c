"""What ``import jupyter_mvt as mvt`` gives."""

from jupyter_mvt.display import provide_renderers

# By name: what draws is above this floor, and is imported when something is first shown.
provide_renderers("jupyter_mvt.views.register")
provide_renderers("jupyter_mvt.widgets.register", "widget")
provide_renderers("jupyter_mvt.views.charts", "chart")
