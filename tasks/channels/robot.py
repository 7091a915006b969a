"""What the group robots of WeCom, DingTalk and Feishu have in common, as Apprise plugins.

Apprise 1.13 calls a message sent when these answer HTTP 200 with an error code, drops attachments and does not split
long text; these plugins take the place of its own. Addresses:

    bgwecom://KEY                             the service itself
    bgdingtalk://SECRET@KEY                   with the signing secret
    bgfeishu://KEY:SECRET@gateway.example/sub another host: a name with a dot, or a port; `?secure=no` for plain HTTP

`?limit=` messages per `?per=` seconds replaces the service's published rate. The address that the messenger's own
settings page shows (https://…) and Apprise's own schema are taken too.
"""

# mypy: disable-error-code="no-untyped-call"
# Apprise is typed in part only: its constructors and managers are not.

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, unquote, urlencode

import requests
from apprise import AppriseAttachment, NotifyBase, NotifyType
from apprise.url import PrivacyMode

from schemas.text import N_
from tasks.channels.faults import outcome_of
from tasks.channels.outcome import SENT, Outcome, http_refusal, undelivered
from tasks.channels.throttle import Windows, throttle_for
from tasks.settings import settings
from tasks.words import say

FILE_WITH_LINK = N_("File: {name} {link}")
FILE_WITHOUT_LINK = N_("File: {name} (ask the office for it)")


class Robot(NotifyBase):
    """A group robot: one key, maybe a signing secret, messages with a size limit and a rate limit."""

    category = "custom"
    service_name: Any = ""
    secure_protocol: Any = ()
    templates: Any = ("{schema}://{key}",)
    template_tokens = NotifyBase.template_tokens | {
        "key": {"name": "Key", "type": "string", "private": True, "required": True},
    }
    attachment_support = True
    request_rate_per_sec = 0  # Apprise's own pause knows one instance only; `Throttle` counts for the robot

    home: ClassVar[str]
    windows: ClassVar[Windows]
    busy_codes: ClassVar[frozenset[int]]
    never_busy: ClassVar[frozenset[str]] = frozenset()  # words of the service that make a busy code a refusal

    def __init__(
        self,
        key: str = "",
        secret: str = "",
        base: str = "",
        limit: str = "",
        per: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not key:
            raise TypeError("a robot's address needs its key")
        self.key, self.secret = key, secret
        self.base = base or self.home
        self.rate = ((int(limit), float(per)),) if limit and per else self.windows
        if not all(count >= 1 and span >= 0 for count, span in self.rate):
            raise ValueError("a rate is at least one message in a span of seconds")
        self.outcome: Outcome | None = None

    # what a service answers differently

    def parts(self, text: str) -> list[str]:
        """The text in messages that the service takes."""
        raise NotImplementedError

    def message(self, text: str, title: str) -> dict[str, Any]:
        """The body of one text message."""
        raise NotImplementedError

    def post_message(self, message: Mapping[str, Any]) -> Outcome:
        """Post one message to the robot's own address."""
        raise NotImplementedError

    def code_in(self, answer: Mapping[str, Any]) -> int | None:
        """The service's code: 0 is success, None means that the answer is not the service's."""
        code = answer.get("errcode")
        return code if isinstance(code, int) else None

    def prepared_files(self, paths: Sequence[Path]) -> tuple[list[dict[str, Any]], list[Path]] | Outcome:
        """File messages ready to send, and the files that can only be named; or why this try has to end here."""
        return [], list(paths)

    def may_retry(self, code: int, words: str) -> bool:
        """Whether the service only asked to wait."""
        return code in self.busy_codes and words.strip().lower() not in self.never_busy

    # the same for all

    def send(
        self,
        body: str,
        title: str = "",
        notify_type: NotifyType = NotifyType.INFO,  # noqa: ARG002 - Apprise hands it over by name
        attach: AppriseAttachment | None = None,
        **kwargs: object,  # noqa: ARG002 - as above, whatever a later Apprise adds
    ) -> bool:
        """Deliver; what happened is in `outcome`, and True means that the service confirmed every part."""
        self.outcome = self._deliver(title, body, [Path(file.path) for file in attach or ()])
        return self.outcome.state == "sent"

    def _deliver(self, title: str, body: str, files: list[Path]) -> Outcome:
        # Files go up before anything is shown, so that a failed upload leaves nothing to send twice.
        prepared = self.prepared_files(files)
        if isinstance(prepared, Outcome):
            return prepared
        file_messages, named = prepared
        text = "\n".join(filter(None, [title, body, *map(file_line, named)]))
        messages = [self.message(part, title) for part in self.parts(text) if part.strip()] + file_messages
        for number, message in enumerate(messages, start=1):
            throttle_for(f"{self.base} {self.key}", self.rate).wait()
            outcome = self.post_message(message)
            if outcome.state != "sent":
                return _at_part(outcome, number, len(messages))
        return SENT

    def exchange(
        self,
        path: str,
        params: Mapping[str, str],
        **content: Any,
    ) -> tuple[Outcome, dict[str, Any]]:
        """One request to the robot's host and the service's own verdict on it, with its answer.

        Redirects are not followed: what leaves goes to the host that the address names.
        """
        try:
            response = requests.post(
                self.base + path,
                params=params,
                timeout=self.request_timeout,
                verify=self.verify_certificate,
                allow_redirects=False,
                **content,
            )
        except requests.RequestException as error:
            return outcome_of(error), {}
        return self._verdict(response)

    def post_json(self, path: str, params: Mapping[str, str], message: Mapping[str, Any]) -> Outcome:
        """Post one JSON message; characters stay themselves, so that the size on the wire is the size counted."""
        data = json.dumps(message, ensure_ascii=False).encode()
        outcome, _ = self.exchange(path, params, data=data, headers={"Content-Type": "application/json; charset=utf-8"})
        return outcome

    def _verdict(self, response: requests.Response) -> tuple[Outcome, dict[str, Any]]:
        try:
            answer = response.json()
        except ValueError:
            answer = None
        answer = answer if isinstance(answer, dict) else {}
        code = self.code_in(answer)
        if code:
            words = str(answer.get("errmsg") or answer.get("msg") or answer.get("StatusMessage") or "")
            return undelivered(str(code), self._masked(words), retryable=self.may_retry(code, words)), answer
        if response.status_code != requests.codes.ok:
            return http_refusal(response.status_code), answer
        if code is None:  # a login page or a proxy in between also answers 200
            return undelivered("not_the_service", "HTTP 200 without the service's code", retryable=True), answer
        return SENT, answer

    def _masked(self, words: str) -> str:
        for secret in filter(None, (self.key, self.secret)):
            words = words.replace(secret, "***")
        return words[:200]

    def url(self, privacy: bool = False, *args: object, **kwargs: object) -> str:
        """The address again; with `privacy`, fit to be shown."""
        key = self.pprint(self.key, privacy, mode=PrivacyMode.Secret, safe="")
        secret = self.pprint(self.secret, privacy, mode=PrivacyMode.Secret, safe="") if self.secret else ""
        scheme, _, place = self.base.partition("://")
        params = self.url_parameters(*args, privacy=privacy, **kwargs)
        params |= {"limit": str(self.rate[0][0]), "per": str(self.rate[0][1])} if self.rate != self.windows else {}
        params |= {"secure": "no"} if scheme == "http" else {}
        login = f"{key}:{secret}" if secret else key
        place = place if "/" in place else f"{place}/"
        return f"{self.schema}://{login}@{place}?{urlencode(params)}"

    @staticmethod
    def parse_url(  # type: ignore[override]  # Apprise's own two levels differ here
        url: str, verify_host: bool = False, plus_to_space: bool = False
    ) -> dict[str, Any] | None:
        """The parts of a robot's address (the module's docstring has its forms); None when it cannot be read."""
        results: dict[str, Any] | None = NotifyBase.parse_url(url, verify_host, plus_to_space)
        if not results:
            return None
        user, password = (unquote(results.get(part) or "") for part in ("user", "password"))
        host, port, path = results["host"], results.get("port"), results.get("fullpath") or ""
        query = results["qsd"]
        if "." in host or port or host == "localhost":
            scheme = "http" if query.get("secure", "yes").lower() in ("no", "false", "0") else "https"
            results["base"] = f"{scheme}://{host}" + (f":{port}" if port else "") + path.rstrip("/")
            results["key"], results["secret"] = user, password
        else:
            results["key"], results["secret"] = unquote(host), user
        return results | {name: query[name] for name in ("limit", "per") if name in query}


def file_line(path: Path) -> str:
    """A file that cannot be attached, as a line of the text: its name, and where the document server has it."""
    documents = settings().documents.resolve()
    if path.resolve().is_relative_to(documents):
        place = quote(path.resolve().relative_to(documents).as_posix())
        return say(FILE_WITH_LINK, name=path.name, link=f"{settings().public_url.rstrip('/')}/{place}")
    return say(FILE_WITHOUT_LINK, name=path.name)


def _at_part(outcome: Outcome, number: int, total: int) -> Outcome:
    if total == 1:
        return outcome
    return Outcome(outcome.state, outcome.code, f"part {number} of {total}: {outcome.detail}", outcome.retryable)
