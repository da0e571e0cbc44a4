package dev.understudy.server.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.model.ServedConfig;
import dev.understudy.model.VersionPolicy;
import dev.understudy.model.triton.TritonProto.ModelInstanceGroup.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ModelConfigMessageTest {
    private static Kind kind(boolean onGpu) {
        return ModelConfigMessage.of("m", new ServedConfig(0, false, List.of(), 0, 1, 2, onGpu,
                new VersionPolicy.Unstated(true), List.of(), List.of())).getInstanceGroup(0).getKind();
    }

    @Test
    void theKindOfAnInstanceIsThatOfTheDeviceItRunsOn() {
        assertEquals(Kind.KIND_CPU, kind(false));
        assertEquals(Kind.KIND_GPU, kind(true));
    }
}
