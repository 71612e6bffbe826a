"""A rate is two integers; it is divided nowhere else."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Rate:
    """`numerator` of `denominator`; adding two rates adds both parts."""

    numerator: int
    denominator: int

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.numerator + other.numerator, self.denominator + other.denominator)

    @property
    def rest(self) -> int:
        """The denominator less the numerator."""
        return self.denominator - self.numerator

    def percent(self, decimals: int = 0) -> Decimal | None:
        """Per cent, half up at `decimals`; None for no data.

        What is not whole never reads as whole: 99.96% is 99.9, not 100.
        """
        if not self.denominator:
            return None
        exact = Decimal(100 * self.numerator) / self.denominator
        rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        if rounded >= 100 and self.numerator < self.denominator:
            return Decimal("99.9")
        return rounded
