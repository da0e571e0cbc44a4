package dev.understudy.runtime;

import java.util.Optional;

/// Where models are asked to run. Immutable.
public sealed interface DeviceChoice {
    /// What [#of] knows, for a person who gave something else.
    String KNOWN = "cpu, cuda, cuda:N, auto";

    /// The processor.
    record Cpu() implements DeviceChoice {
        @Override
        public String label() {
            return "cpu";
        }
    }

    /// One GPU, and nothing in its place where it cannot be had.
    ///
    /// @param ordinal which of the process's CUDA devices, from 0
    record Cuda(int ordinal) implements DeviceChoice {
        @Override
        public String label() {
            return "cuda:" + ordinal;
        }
    }

    /// The first GPU where it can be had, else the processor.
    record Auto() implements DeviceChoice {
        @Override
        public String label() {
            return "auto";
        }
    }

    /// As the command line, the configuration file and the log spell it: `cuda:0`.
    String label();

    /// The choice of this label, empty where there is none. `cuda` is `cuda:0`.
    static Optional<DeviceChoice> of(String label) {
        return switch (label) {
            case "cpu" -> Optional.of(new Cpu());
            case "cuda" -> Optional.of(new Cuda(0));
            case "auto" -> Optional.of(new Auto());
            default -> label.matches("cuda:(0|[1-9][0-9]{0,2})")
                    ? Optional.of(new Cuda(Integer.parseInt(label.substring("cuda:".length()))))
                    : Optional.empty();
        };
    }
}
