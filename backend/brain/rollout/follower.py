"""
Follows the roles that the ledger gives to models: fetches, checks, and swaps, without a restart or a lost request.

    look (each second) ── roles as before ──> nothing
          └─ another artifact ── fetched, hashed, canaries asked, in a thread ──> swap, between two batches
                                   └─ it cannot serve: log, say so in Describe; the last serves on; again in a minute

The ledger is never waited for by a score. While it is away, what served serves on.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal

import structlog
from pymongo.errors import PyMongoError

from brain.errors import ArtifactError
from brain.history.ledger import Ledger
from brain.model.artifact import Model
from brain.rollout.check import check_artifact
from brain.rollout.copy import LastLive, ModelCopy
from brain.rollout.models import ROLES, Refused, Role, Serving
from observability.seldom import Seldom
from records.models import Artifact, Roles, to_artifact

log = structlog.get_logger()

LOOK_S = 1.0
START_S = 1.0  # a start waits so long for the ledger; then it serves its copy, or what the settings name
AGAIN_S = 60.0  # until what was refused is tried again: it may have been the ledger's or the machine's fault


class Rollout:
    """Keeps what serves as the ledger says."""

    def __init__(
        self,
        ledger: Ledger,
        rates: Mapping[str, Decimal],
        serving: Serving,
        *,
        copy: ModelCopy | None,
        on_change: Callable[[Serving], None],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Args:
            rates: Reference currency units for one unit of each currency.
            serving: What the settings name: served where nothing was promoted.
            copy: Where the live model is kept on disk, if anywhere.
            on_change: Told what serves from now on; called on the event loop.
            now_s: Monotonic seconds.
        """
        self.serving = serving
        self._ledger = ledger
        self._rates = rates
        self._named: Mapping[Role, Model | None] = {"live": serving.model, "shadow": serving.shadow}
        self._copy = copy
        self._on_change = on_change
        self._now_s = now_s
        self._refused_s: dict[Role, float] = {}
        self._crashes = Seldom()

    async def begin(self) -> None:
        """Take up what is promoted, before the first score. Never raises."""
        try:
            document = await asyncio.wait_for(self._ledger.model_roles(), START_S)
            roles = Roles.of(document)
            await self._follow_all(roles)
            if refused := self.serving.refused.get("live"):  # the last that could serves on, also over a restart
                await self._take_copy(among=roles.earlier)
                self._put(self.serving.with_refusal("live", refused))
        except (PyMongoError, TimeoutError) as error:
            log.warning("model.roles_unknown", error=type(error).__name__)
            await self._take_copy()
        except Exception:
            log.exception("model.crashed", times=self._crashes.happened())

    async def run(self) -> None:
        """Look each second, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except PyMongoError:
                continue  # the history says that the ledger is away
            except Exception:
                if times := self._crashes.happened():
                    log.exception("model.crashed", times=times)

    async def look(self) -> None:
        """Follow the roles once. Raises PyMongoError."""
        await self._follow_all(Roles.of(await self._ledger.model_roles()))

    async def _follow_all(self, roles: Roles) -> None:
        wanted: Mapping[Role, str | None] = {"live": roles.live, "shadow": roles.shadow}
        for role in ROLES:
            await self._follow(role, wanted[role])
        if self.serving.is_unsure:
            if roles.live is None:  # a copy may be of one that was rolled back while this brain was down
                await self._keep_copy(None)
            self._put(self.serving.known())

    async def _follow(self, role: Role, wanted: str | None) -> None:
        if wanted == self.serving.artifacts.get(role):
            if role in self.serving.refused:  # taken back before it ever served
                self._put(self.serving.without_refusal(role))
            return
        refused = self.serving.refused.get(role)
        if refused and refused.artifact == wanted and self._now_s() < self._refused_s[role] + AGAIN_S:
            return
        artifact = None
        if wanted is not None:
            try:
                artifact = await self._fetch(wanted)
                model: Model | None = await asyncio.to_thread(check_artifact, artifact, self._rates)
            except ArtifactError as error:
                self._refuse(role, Refused.of(wanted, error))
                return
        else:
            model = self._named[role]
        self._put(self.serving.with_role(role, model, wanted))
        log.info("model.serves", role=role, artifact=wanted, version=None if model is None else model.version)
        if role == "live":
            await self._keep_copy(artifact)

    async def _fetch(self, artifact_id: str) -> Artifact:
        document = await self._ledger.model_artifact(artifact_id)
        if document is None:
            raise ArtifactError("the ledger does not hold it")
        try:
            return to_artifact(document)
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(f"it is damaged: {error}") from error

    def _refuse(self, role: Role, refused: Refused) -> None:
        self._refused_s[role] = self._now_s()
        log.error(
            "model.refused",
            role=role,
            artifact=refused.artifact,
            reason=refused.reason,
            serves_on=self.serving.model.version,
        )
        self._put(self.serving.with_refusal(role, refused))

    def _put(self, serving: Serving) -> None:
        self.serving = serving
        self._on_change(serving)

    async def _take_copy(self, among: Collection[str | None] | None = None) -> None:
        """Serve the copy, if it is one of these: what was rolled back must not come back."""
        if self._copy is None:
            return
        try:
            last = await asyncio.to_thread(self._copy.read)
            if last is None or last.artifact is None or (among is not None and last.artifact.id not in among):
                return
            model = await asyncio.to_thread(check_artifact, last.artifact, self._rates)
        except (OSError, ValueError, ArtifactError) as error:
            log.error("model.copy_unusable", reason=str(error))  # noqa: TRY400 (the place says enough)
            return
        self._put(self.serving.with_role("live", model, last.artifact.id))
        log.info("model.copy_serves", artifact=last.artifact.id, version=model.version)

    async def _keep_copy(self, artifact: Artifact | None) -> None:
        if self._copy is None:
            return
        try:
            await asyncio.to_thread(self._copy.write, LastLive(artifact))
        except OSError as error:
            log.warning("model.copy_not_kept", error=str(error), see="BRAIN_STATE_DIR")
