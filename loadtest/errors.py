"""What a virtual pupil or a drill can run into."""

from __future__ import annotations


class LoadtestError(Exception):
    """The server did what a virtual pupil cannot go on from; says which request and what came back."""


class Unreachable(LoadtestError):  # noqa: N818 -- it names a state, as HTTP libraries do
    """No answer within the pupil's patience."""


class Refused(LoadtestError):  # noqa: N818 -- it names the server's decision
    """The server refused a request.

    Attributes
    ----------
    status : HTTP status
    code : the server's code, such as ``gap`` or ``moved``
    body : the whole reply
    """

    def __init__(self, request: str, status: int, body: dict[str, object]) -> None:
        self.status = status
        self.code = str(body.get("code", ""))
        self.body = body
        super().__init__(f"{request}: {status} {self.code}: {body.get('message', body)}")
