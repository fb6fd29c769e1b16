"""The model test with shared laptops: whoever comes next may send what is left in an outbox, at any moment."""

from __future__ import annotations

from hypothesis.stateful import precondition, rule

from delivery.access import Claims, sign_token
from delivery.sealed import RowOpener
from delivery.sealed.routes import MOST_ROWS, PATH
from tests.delivery.delivery_world import SECRETS
from tests.delivery.model_machine import DEVICES, WORKERS, AnswerMachine
from tests.delivery.sealed.sealing import seal_row

POINT = RowOpener(SECRETS).public_point


class SealedMachine(AnswerMachine):
    """Anything that can happen to one pupil's answers, by their own laptops or by others."""

    @precondition(lambda self: any(device.outbox for device in self.devices))
    @rule(device=DEVICES, worker=WORKERS)
    def flush(self, device: int, worker: int) -> None:
        """The rows of a laptop are sent without its token, all at once, whatever else is on its way."""
        held, ref = self.devices[device].outbox[:MOST_ROWS], self._ref()
        if not held or ref is None:
            return
        tokens = [sign_token(SECRETS.token_key, Claims(ref, body["epoch"])) for _, body in held]
        rows = [seal_row(POINT, token, position, body) for token, (position, body) in zip(tokens, held, strict=True)]
        reply = self.crew.run(self.crew.workers[worker].client.post(PATH, json={"rows": rows}))
        assert reply.status_code in {200, 503}
        for (position, body), told in zip(held, reply.json().get("rows", []), strict=reply.status_code == 200):
            if told["receipt"]:
                content = self._hash_of(ref, body)
                assert self._accepted(ref)[position] == content
                assert self._receipt(ref, position) == told["receipt"]
                assert self.receipts.setdefault((position, content), told["receipt"]) == told["receipt"]
            elif told["settled"]:
                assert body["hash"] in self._evidence(ref)
