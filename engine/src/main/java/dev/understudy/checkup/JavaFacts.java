package dev.understudy.checkup;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The Java that runs this. Immutable.
///
/// @param version   `25.0.1+8`
/// @param machine   the virtual machine's own name
/// @param platform  system and processor: `Linux amd64`
/// @param heapBytes the most that its heap takes
/// @param options   those of the person who starts it, each with the variable that holds them
public record JavaFacts(String version, String machine, String platform, long heapBytes, List<String> options) {
    private static final List<String> VARIABLES = List.of("UNDERSTUDY_JAVA_OPTS", "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS");

    static JavaFacts gather(Map<String, String> environment) {
        List<String> options = new ArrayList<>();
        for (String variable : VARIABLES) {
            String value = environment.getOrDefault(variable, "").strip();
            if (!value.isEmpty()) {
                options.add(variable + "=" + value);
            }
        }
        return new JavaFacts(Runtime.version().toString(), System.getProperty("java.vm.name", "an unnamed machine"),
                System.getProperty("os.name", "?") + " " + System.getProperty("os.arch", "?"),
                Runtime.getRuntime().maxMemory(), options);
    }
}
