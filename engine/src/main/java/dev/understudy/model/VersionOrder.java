package dev.understudy.model;

import java.math.BigInteger;
import java.util.Comparator;

/// The natural order of version names: numbers first, by value; then the other names, by their characters.
public enum VersionOrder implements Comparator<String> {
    NATURAL;

    @Override
    public int compare(String a, String b) {
        boolean numberA = isNumber(a);
        if (numberA != isNumber(b)) {
            return numberA ? -1 : 1;
        }
        int byValue = numberA ? new BigInteger(a).compareTo(new BigInteger(b)) : 0;
        return byValue != 0 ? byValue : a.compareTo(b);
    }

    static boolean isNumber(String name) {
        return !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
