"""Listens to what a shell displays, by its own hooks where it has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_mvt.capture.cells.outputs import OutputLog

__all__ = ["Listener"]


class Listener:
    """Tells an `OutputLog` what cells show; what they show is never altered.

    Kernels offer hooks on the messages that they send. Where a shell has none, the method that
    every display passes through is wrapped, on that one object.

    Parameters
    ----------
    shell
        Whose displays are meant.
    log
        Is told of them.
    """

    def __init__(self, shell: InteractiveShell, log: OutputLog) -> None:
        self._log = log
        self._ends: list[Callable[[], object]] = []
        publisher, hook = shell.display_pub, shell.displayhook
        if not self._hooked(publisher):
            self._wrap(publisher, "publish", self._published)
        if not self._hooked(hook):
            self._wrap(hook, "write_format_data", self._result)
        self._wrap(publisher, "clear_output", self._cleared)

    def close(self) -> None:
        """Listen no longer."""
        for end in self._ends:
            end()
        self._ends = []

    def _hooked(self, speaker: Any) -> bool:
        register = getattr(speaker, "register_hook", None)
        if register is None:
            return False
        register(self._message)
        self._ends.append(lambda: speaker.unregister_hook(self._message))
        return True

    def _wrap(self, speaker: Any, name: str, tell: Callable[..., None]) -> None:
        inner = getattr(speaker, name, None)
        if inner is None:
            return
        heard = [True]

        def outer(*args: Any, **kwargs: Any) -> Any:
            if heard:
                tell(*args, **kwargs)
            return inner(*args, **kwargs)

        def end() -> None:
            heard.clear()
            # Unless somebody else has wrapped it since: then ours stays below, deaf.
            if vars(speaker).get(name) is outer:
                delattr(speaker, name)

        setattr(speaker, name, outer)
        self._ends.append(end)

    def _message(self, message: dict[str, Any]) -> dict[str, Any]:
        content = message.get("content") or {}
        update = (message.get("header") or {}).get("msg_type") == "update_display_data"
        self._published(content.get("data"), content.get("metadata"),
                        transient=content.get("transient"), update=update)  # fmt: skip
        return message

    def _published(self, data: Any = None, metadata: Any = None, *_: Any, **more: Any) -> None:
        transient = more.get("transient")
        display_id = transient.get("display_id", "") if isinstance(transient, dict) else ""
        if isinstance(data, dict):
            self._log.show(data, metadata if isinstance(metadata, dict) else {},
                           str(display_id or ""), update=bool(more.get("update")))  # fmt: skip

    def _result(self, format_dict: Any = None, md_dict: Any = None, *_: Any, **__: Any) -> None:
        self._published(format_dict, md_dict)

    def _cleared(self, wait: Any = False, *_: Any, **__: Any) -> None:
        self._log.clear(wait=bool(wait))
