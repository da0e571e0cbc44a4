package dev.understudy.ffm.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelChoiceTest {
    @Test
    void theChoiceIsMadeOnceAndSaysWhy() {
        assertEquals(KernelChoice.here(), KernelChoice.here());
        assertTrue(KernelChoice.here().reason().contains("diff kernel"), KernelChoice.here().reason());
    }

    @Test
    void withoutTheVectorModuleTheScalarKernelWorks() throws IOException, InterruptedException {
        String said = child(List.of());
        assertTrue(said.startsWith("scalar diff kernel: module jdk.incubator.vector is not present"), said);
        assertTrue(said.endsWith("elements 1"), said);
    }

    @Test
    void withoutTheOptimizingCompilerTheScalarKernelIsChosen() throws IOException, InterruptedException {
        String said = child(List.of("--add-modules", "jdk.incubator.vector", "-XX:TieredStopAtLevel=1"));
        assertTrue(said.contains("scalar diff kernel: the optimizing compiler is off"), said);
    }

    private static String child(List<String> options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            assertEquals(0, process.waitFor(), said);
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    /// What runs in the child process.
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            MemorySegment one = MemorySegment.ofArray(new byte[4]);
            FloatDiff diff = KernelChoice.here().kernel().compare(FloatFormat.FP32, one, one, 1, 0, 0);
            System.out.println(KernelChoice.here().reason() + ", elements " + diff.elements());
        }
    }
}
