package dev.understudy.runtime;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which device models are to run on. Immutable.
public sealed interface DeviceChoice {
    Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

    /// The processors.
    record Cpu() implements DeviceChoice {
        @Override
        public String label() {
            return "cpu";
        }
    }

    /// A GPU, as CUDA numbers them; nothing else will do.
    record Cuda(int ordinal) implements DeviceChoice {
        @Override
        public String label() {
            return "cuda:" + ordinal;
        }
    }

    /// The first GPU, where there is one that can be used, else the processors.
    record Auto() implements DeviceChoice {
        @Override
        public String label() {
            return "auto";
        }
    }

    /// As options and configuration spell it: `cuda:0`.
    String label();

    /// The choice of this label, where `cuda` is `cuda:0`; empty where there is none.
    static Optional<DeviceChoice> of(String label) {
        Matcher cuda = CUDA.matcher(label);
        if (cuda.matches()) {
            String ordinal = cuda.group(1);
            return Optional.of(new Cuda(ordinal == null ? 0 : Integer.parseInt(ordinal)));
        }
        return switch (label) {
            case "cpu" -> Optional.of(new Cpu());
            case "auto" -> Optional.of(new Auto());
            default -> Optional.empty();
        };
    }
}
