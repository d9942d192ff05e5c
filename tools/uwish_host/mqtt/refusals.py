"""What the user is told of messages and subscriptions that the broker refuses."""

from ..rate_limit import RateLimit

_AT_ONCE, _EVERY_S = 3, 600
_MAX_FILTERS = 8  # that are told: some are of one device, and there may be thousands


class Refusals:
    """Counts what `broker` refuses, messages (`count`) and subscriptions (`unheard`), and tells by
    `warn(text)`: of messages the first three, then one in ten minutes with how many there were.
    Such a message is lost: asking again would not help, and everything behind it would wait. An
    answer that is refused where somebody wanted it, which is at none of our `topics`
    (topics.Topics), is his own matter."""

    def __init__(self, broker, topics, warn):
        self.count = 0
        self.unheard = 0
        self._broker = broker
        self._topics = topics
        self._warn = warn
        self._limit = RateLimit(_AT_ONCE, 1 / _EVERY_S)
        self._deaf = set()

    def message(self, topic, why):
        """It does not take a message to this topic."""
        if not self._topics.is_ours(topic):
            return
        self.count += 1
        if self._limit.passes():
            untold = self._limit.take_suppressed()
            more = f", and {untold} messages before it" if untold else ""
            self._warn(
                f"MQTT: {self._broker} refuses what we publish at {topic}: {why}; it is lost"
                f"{more}: look at the broker's access rules"
            )

    def subscription(self, topic, why):
        """It does not let us hear what comes there: told once of each."""
        self.unheard += 1
        if topic not in self._deaf and len(self._deaf) < _MAX_FILTERS:
            self._deaf.add(topic)
            self._warn(
                f"MQTT: {self._broker} does not let us subscribe to {topic}: {why}; what comes "
                "there is not heard: look at the broker's access rules"
            )
