package dev.understudy.server.management;

import java.util.HashSet;
import java.util.Set;

/// The Prometheus text format 0.0.4, as it is being written. Not thread-safe; owned by one scrape.
///
/// Written by hand because the client library appends `_total` to every counter in this format, and Triton's counters
/// have no such ending.
final class Exposition {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder();
    private final Set<String> written = new HashSet<>();

    /// Begins a family; the samples that follow belong to it.
    ///
    /// @param type `counter` or `gauge`
    Family family(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help.replace("\\", "\\\\").replace("\n", "\\n"))
                .append('\n').append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return new Family(name);
    }

    /// Appends text that is already in the format.
    void append(String exposition) {
        text.append(exposition);
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /// `key="value",...`, values escaped.
    ///
    /// @param keysAndValues in turn
    static String labels(String... keysAndValues) {
        StringBuilder labels = new StringBuilder();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            labels.append(i == 0 ? "" : ",").append(keysAndValues[i]).append("=\"").append(
                    keysAndValues[i + 1].replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"))
                    .append('"');
        }
        return labels.toString();
    }

    /// The samples of one family.
    final class Family {
        private final String name;

        private Family(String name) {
            this.name = name;
        }

        void sample(String labels, long value) {
            write(labels, Long.toString(value));
        }

        void sample(String labels, double value) {
            write(labels, value == Double.POSITIVE_INFINITY
                    ? "+Inf"
                    : value == Double.NEGATIVE_INFINITY ? "-Inf" : Double.toString(value));
        }

        /// One series twice makes a scraper refuse the whole page, so the second is left out.
        private void write(String labels, String value) {
            String series = labels.isEmpty() ? name : name + "{" + labels + "}";
            if (written.add(series)) {
                text.append(series).append(' ').append(value).append('\n');
            }
        }
    }
}
