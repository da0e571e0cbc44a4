package dev.understudy.model;

import static dev.understudy.model.OnnxBytes.external;
import static dev.understudy.model.OnnxBytes.message;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.model.OnnxFile.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class DamagedOnnxTest {
    @Property(tries = 300)
    void anyDamageGivesAnAnswerAndNeverAnException(@ForAll @IntRange(max = 100_000) int position,
            @ForAll byte[] damage) throws IOException {
        byte[] bytes = OnnxBytes.model(message().bytes(5, external("w.bin")).bytes(1,
                message().bytes(5, message().bytes(6, message().bytes(5, external("v.bin"))))));
        for (int i = 0; i < damage.length && i < 8; i++) {
            bytes[(position + i) % bytes.length] = damage[i];
        }
        Path file = Files.createTempFile("damaged", ".onnx");
        try {
            Reading reading = OnnxFile.read(Files.write(file, bytes));
            assertTrue(reading instanceof Reading.Usable
                    || (reading instanceof Reading.Unusable(String reason, boolean _) && !reason.isEmpty()));
        } finally {
            Files.delete(file);
        }
    }
}
