package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The program in a process of its own on a device that is lost.
final class DeviceLostEndToEndTest extends ProcessStage {
    @Test
    void aLostDeviceEndsTheServerWithItsOwnCodeAndTheNextOneRefusesWhoRanThen() throws Exception {
        List<String> losing = new ArrayList<>(Program.command(LosingMain.class));
        losing.add(1, "-D" + LosingMain.PROPERTY + "=" + folder);
        Path lose = folder.resolve("lose");
        try (Program program = serve(losing)) {
            assertEquals(readyLine(), program.readLine(), String.join("\n", program.errors()));
            Files.copy(MODELS.resolve("challengers/faulty/throws.onnx"), repository.resolve("throws.onnx"));
            awaitState("throws", "shadowing");
            Files.createFile(lose);
            assertEquals(200, infer(0).statusCode());
            assertEquals(ExitCode.DEVICE_LOST, program.exitCode());
            List<String> errors = program.errors().stream().filter(line -> line.contains(" ERROR ")).toList();
            assertEquals(1, errors.size(), errors.toString());
            assertTrue(
                    errors.getFirst().contains("digits: the device was lost in a run of the challenger, version throws:"
                            + " CUDA_ERROR_ILLEGAL_ADDRESS (700); struck off: "),
                    errors.toString());
        }
        Files.delete(lose);
        try (Program program = serve(losing)) {
            assertEquals(readyLine(), program.readLine(), String.join("\n", program.errors()));
            String reason = awaitState("throws", "refused").path("reason").asText();
            assertTrue(reason.startsWith("the device was lost during its run (CUDA_ERROR_ILLEGAL_ADDRESS (700)), "),
                    reason);
            program.terminate();
            assertEquals(ExitCode.OK, program.exitCode());
        }
    }
}
