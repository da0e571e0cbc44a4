package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client commands against a management API that answers from a script.
@SuppressWarnings("NullAway.Init")
final class ClientCommandsTest {
    private final ScriptedApi api = new ScriptedApi();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void statusShowsEveryModelOrOne() {
        assertEquals(ExitCode.OK, api.run("status"));
        assertTrue(api.out.toString().contains("1,234     97.3 %"), api.out.toString());
        assertEquals("alert the folder my?model is not a model", api.out.toString().lines().toList().getLast());
        assertEquals(ExitCode.OK, api.run("status", "digits"));
        assertEquals(List.of("/models", "/models/digits"), api.asked);
    }

    @Test
    void jsonIsTheApisOwn() {
        assertEquals(ExitCode.OK, api.run("status", "digits", "--json"));
        assertEquals(StatusPageTest.MODEL, api.out.toString().strip());
    }

    @Test
    void theServersRefusalIsOneLine() {
        assertEquals(ExitCode.UNREACHABLE, api.run("status", "a b/c"));
        assertEquals("understudy: unknown model \"x\"", api.err.toString().strip());
        assertEquals(List.of("/models/a%20b%2Fc"), api.asked);
    }

    @Test
    void noServerIsOneLineAndItsOwnExitCode() {
        String url = api.url();
        api.close();
        assertEquals(ExitCode.UNREACHABLE, api.run("status", "--management-url", url));
        assertEquals(1, api.err.toString().lines().count());
        assertTrue(api.err.toString().startsWith("understudy: no server answers at http://127.0.0.1:"),
                api.err.toString());
    }

    @Test
    void anAddressThatIsNoneIsAWrongUsage() {
        assertEquals(ExitCode.USAGE, api.run("status", "--management-url", "localhost:8002"));
        assertEquals(ExitCode.USAGE, api.run("status", "--management-url", "http://a b"));
    }

    @Test
    void aWrongAddressIsBlamedOnWhereItCameFrom() throws CommandFailure {
        assertEquals("--management-url takes an address such as http://127.0.0.1:8002, not `localhost:8002`",
                assertThrows(CommandFailure.class, () -> ClientOptions.address("localhost:8002", "http://h:1"))
                        .getMessage());
        assertEquals(
                "the environment's UNDERSTUDY_URL takes an address such as http://127.0.0.1:8002, not `localhost:8002`",
                assertThrows(CommandFailure.class, () -> ClientOptions.address(null, "localhost:8002")).getMessage());
        assertEquals("http://h:1", ClientOptions.address(null, "http://h:1/").toString());
        assertEquals("http://127.0.0.1:8002", ClientOptions.address(null, "").toString());
        assertEquals("http://127.0.0.1:8002", ClientOptions.address(null, null).toString());
    }

    @Test
    void theTokenIsShownAndItsAbsenceExplained() throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "s3cret\n");
        assertEquals(ExitCode.OK, api.run("status", "--token-file", token.toString()));
        assertEquals(List.of("/models Bearer s3cret"), api.asked);
        api.answers.put("/models", "denied");
        assertEquals(ExitCode.UNREACHABLE, api.run("status"));
        assertTrue(api.err.toString().contains("--token-file"), api.err.toString());
        assertEquals(ExitCode.USAGE, api.run("status", "--token-file", folder.resolve("none").toString()));
        assertEquals(ExitCode.USAGE,
                api.run("status", "--token-file", Files.writeString(folder.resolve("two"), "a b").toString()));
    }
}
