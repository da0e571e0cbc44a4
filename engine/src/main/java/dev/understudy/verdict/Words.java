package dev.understudy.verdict;

import java.util.Locale;

/// Numbers as a sentence says them. Stateless.
final class Words {
    private Words() {}

    /// With three significant digits of what is there or of what is missing, whichever is less: 99.954%.
    static String percent(double share) {
        double missing = Math.abs(1 - share);
        double least = missing > 0 ? Math.min(Math.abs(share), missing) : Math.abs(share);
        return rounded(share * 100, least * 100) + "%";
    }

    /// With three significant digits, small and large numbers alike.
    static String number(double value) {
        return rounded(value, Math.abs(value));
    }

    /// A value with so many decimals as give three significant digits of `scale`.
    private static String rounded(double value, double scale) {
        if (value == 0 || Math.abs(value) >= 1000) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        int digits = scale == 0 ? 2 : Math.clamp(2 - (int) Math.floor(Math.log10(scale)), 0, 9);
        String text = String.format(Locale.ROOT, "%." + digits + "f", value);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    static String minutes(long minutes) {
        if (minutes >= 48 * 60) {
            return number(minutes / 1440.0) + " d";
        }
        return minutes >= 60 ? number(minutes / 60.0) + " h" : minutes + " min";
    }

    static String millis(double nanos) {
        return number(nanos / 1e6) + " ms";
    }

    static String megabytes(double bytes) {
        return number(bytes / 1e6) + " MB";
    }
}
