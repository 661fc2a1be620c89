"""How much one may say."""

from dataclasses import dataclass


@dataclass
class Bucket:
    """A token bucket: `rate` a second, `burst` at once. Moments are monotonic seconds."""

    rate: float
    burst: float
    level: float = -1.0
    at: float = 0.0

    def takes(self, now: float) -> bool:
        if self.level < 0:
            self.level = self.burst
        else:
            self.level = min(self.burst, self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True
