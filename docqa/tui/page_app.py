"""The app of one page of `docqa serve`: a process that ends with its page, by force if it must."""

import asyncio
import os
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

_PATIENCE = 3.0  # Seconds for an app to end by itself once its page has closed.


class PageApp(AppService):
    """textual-serve's, in a process group of its own, of which nothing is left after `stop`."""

    def __init__(
        self, command: Sequence[str], websocket: web.WebSocketResponse, download_manager: DownloadManager
    ) -> None:
        async def close() -> None:
            await websocket.close()

        super().__init__(
            subprocess.list2cmdline(command),
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=close,
            download_manager=download_manager,
        )
        self._arguments = command

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        self._process = process = await asyncio.create_subprocess_exec(
            *self._arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._build_environment(width=width, height=height),
            start_new_session=True,  # Ctrl-C in the server's terminal is for the server, which ends the apps.
        )
        self._stdin = process.stdin
        return process

    async def stop(self) -> None:
        """Ask the app to end, and end it by force if it does not. Returns when its process has ended."""
        if self._process is None:
            return
        try:
            await self._download_manager.cancel_app_downloads(app_service_id=self.app_service_id)
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    await self.send_meta({"type": "quit"})
                    await self._process.wait()
        finally:
            self.kill()
            if self._task is not None:
                self._task.cancel()
                await asyncio.wait([self._task])
            await self._process.wait()

    def kill(self) -> None:
        """End the app's process and those that it started, at once."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
