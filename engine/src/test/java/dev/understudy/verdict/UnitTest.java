package dev.understudy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitTest {
    @ParameterizedTest
    @CsvSource({"PERCENT, 0.95, 95%", "PERCENT, 0.97044, 97.04%", "PERCENT, 0.0010000000000000009, 0.1%",
        "PERCENT, 0.99954, 99.954%", "PERCENT, 1, 100%", "PERCENT, 0, 0%", "PERCENT, 1.5, 150%",
        "POINTS, 0.05, 5 points", "POINTS, -0.0123, -1.23 points", "NUMBER, 0, 0",
        "NUMBER, 0.000123456, 0.000123", "TIMES_CHAMPION, 1.1, 1.1x champion", "BYTES_PER_HOUR, 1250000, 1.25 MB/h",
        "NUMBER, NaN, unknown", "NUMBER, Infinity, no limit", "NUMBER, -Infinity, no limit"})
    void numbersAreSaidInThreeDigits(Unit unit, double value, String text) {
        assertEquals(text, unit.text(value));
    }

    @Test
    void largeNumbersHaveSeparators() {
        assertEquals("2,500 MB", Unit.BYTES.text(2.5e9));
    }
}
