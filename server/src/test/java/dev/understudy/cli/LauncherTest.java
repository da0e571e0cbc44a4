package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The launcher as an installed archive has it, before Javas that are shell scripts.
@SuppressWarnings("NullAway.Init")
final class LauncherTest {
    private static final Path LAUNCHER = Path.of("..", "understudy").toAbsolutePath().normalize();

    @TempDir
    private Path folder;
    private Path home;

    private record Outcome(int exitCode, String out, String err) {}

    @BeforeEach
    void install() throws IOException {
        home = Files.createDirectories(folder.toRealPath().resolve("app with blank"));
        Files.createDirectories(home.resolve("bin"));
        Files.createDirectories(home.resolve("lib"));
        Files.copy(LAUNCHER, home.resolve("bin/understudy"));
        Files.createFile(home.resolve("lib/understudy-server-1.jar"));
    }

    /// A folder that looks like a JDK; its `java` prints its own home and its arguments, one a line.
    private Path jdk(String name, String version, boolean releaseFile) throws IOException {
        Path jdk = Files.createDirectories(folder.resolve(name));
        script(Files.createDirectories(jdk.resolve("bin")).resolve("java"), """
                #!/bin/sh
                if [ "$1" = -version ]; then
                    echo 'openjdk version "%s" 2026-01-01' >&2
                    exit 0
                fi
                echo "java=$0"
                echo "$CUDA_DEVICE_MAX_CONNECTIONS" >"${0%%/*}/connections"
                printf '%%s\\n' "$@"
                echo "to stderr" >&2
                exit 7
                """.formatted(version));
        if (releaseFile) {
            Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        }
        return jdk;
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Outcome run(Path launcher, Map<String, String> environment, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of("/bin/sh", launcher.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().retainAll(List.of("PATH", "HOME"));
        builder.environment().putAll(environment);
        Path err = folder.resolve("stderr");
        builder.redirectError(err.toFile());
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return new Outcome(process.exitValue(), out, Files.readString(err));
    }

    private Outcome run(Map<String, String> environment, String... args) throws Exception {
        return run(home.resolve("bin/understudy"), environment, args);
    }

    @Test
    void theJavaThatJavaHomeNamesGetsTheArgumentsAndItsExitCodeIsTheLaunchers() throws Exception {
        Path jdk = jdk("jdk", "25.0.1", true);
        Outcome outcome = run(Map.of("JAVA_HOME", jdk.toString()), "status", "a b", "--json");
        List<String> lines = outcome.out().lines().toList();
        assertEquals(7, outcome.exitCode());
        assertEquals("java=" + jdk.resolve("bin/java"), lines.getFirst());
        assertEquals(List.of("dev.understudy.cli.Main", "status", "a b", "--json"),
                lines.subList(lines.size() - 4, lines.size()));
        assertTrue(lines.contains(home + "/lib/*"), outcome.out());
        assertTrue(lines.contains("-Dunderstudy.home=" + home), outcome.out());
        assertEquals("to stderr", outcome.err().strip());
    }

    @Test
    void streamsOfAGpuGetAHardwareQueueEachUnlessThePersonSaysOtherwise() throws Exception {
        Path jdk = jdk("jdk", "25", true);
        run(Map.of("JAVA_HOME", jdk.toString()));
        assertEquals("32\n", Files.readString(jdk.resolve("bin/connections")));
        run(Map.of("JAVA_HOME", jdk.toString(), "CUDA_DEVICE_MAX_CONNECTIONS", "4"));
        assertEquals("4\n", Files.readString(jdk.resolve("bin/connections")));
    }

    @Test
    void aLinkToTheLauncherFindsTheProgram() throws Exception {
        Files.createSymbolicLink(folder.resolve("hop"), home.resolve("bin/understudy"));
        Files.createSymbolicLink(folder.resolve("link"), Path.of("hop"));
        Outcome outcome = run(folder.resolve("link"), Map.of("JAVA_HOME", jdk("jdk", "26", true).toString()));
        assertTrue(outcome.out().contains("-Dunderstudy.home=" + home + "\n"), outcome.out());
    }

    @Test
    void aJavaWithoutAReleaseFileIsAskedForItsVersion() throws Exception {
        Path jdk = jdk("jdk", "25-ea", false);
        assertTrue(run(Map.of("JAVA_HOME", jdk.toString())).out().startsWith("java=" + jdk + "/"));
    }

    @Test
    void anOlderJavaIsPassedOver() throws Exception {
        Path old = jdk("old", "21.0.2", true);
        Outcome outcome = run(Map.of("JAVA_HOME", old.toString()));
        // Whether another is found depends on the machine; the old one never runs.
        assertTrue(!outcome.out().contains(old.toString()), outcome.out());
    }

    @Test
    void withoutAnyJavaItSaysWhatToInstall() throws Exception {
        // The usual places are named in the file itself, so they are taken away from a copy of it.
        String text = Files.readString(LAUNCHER).replaceAll("/usr/lib/jvm/\\* /usr/java/\\* /opt/java/\\*", "");
        Path launcher = home.resolve("bin/understudy");
        Files.writeString(launcher, text);
        Path tools = Files.createDirectory(folder.resolve("tools"));
        for (String tool : List.of("sed", "readlink", "dirname", "uname")) {
            script(tools.resolve(tool), "#!/bin/sh\nexec " + which(tool) + " \"$@\"\n");
        }
        Outcome outcome = run(Map.of("PATH", tools.toString(), "JAVA_HOME", jdk("old", "17.0.9", true).toString()),
                "serve");
        assertEquals(1, outcome.exitCode());
        assertEquals("understudy: needs Java 25 or newer and found none. Install a JDK 25 (for example from "
                + "https://adoptium.net) or set JAVA_HOME to one.", outcome.err().strip());
        Path onPath = jdk("onpath", "25", true);
        Files.createSymbolicLink(tools.resolve("java"), onPath.resolve("bin/java"));
        assertTrue(run(Map.of("PATH", tools.toString())).out().startsWith("java=" + onPath.toRealPath() + "/"));
    }

    private static Path which(String tool) {
        return List.of("/usr/bin", "/bin").stream().map(folder -> Path.of(folder, tool)).filter(Files::exists)
                .findFirst().orElseThrow();
    }

    @Test
    void aServingProcessStartsWithoutStderrAndIsGivenTheRealOne() throws Exception {
        Map<String, String> environment = Map.of("JAVA_HOME", jdk("jdk", "25", true).toString());
        Outcome quiet = run(environment, "serve");
        assertTrue(quiet.out().contains("-Dunderstudy.stderr=3\n"), quiet.out());
        assertTrue(quiet.out().contains("--add-modules=jdk.incubator.vector\n"), quiet.out());
        assertEquals("", quiet.err());
    }

    @Test
    void optionsOfTheUsersOwnComeFirstAndMayComplain() throws Exception {
        Outcome outcome = run(Map.of("JAVA_HOME", jdk("jdk", "25", true).toString(), "UNDERSTUDY_JAVA_OPTS",
                "-Xmx1g -Da=b"), "serve");
        assertEquals(List.of("-Xmx1g", "-Da=b"), outcome.out().lines().skip(1).limit(2).toList());
        assertTrue(!outcome.out().contains("understudy.stderr"), outcome.out());
        assertEquals("to stderr", outcome.err().strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--supervise", "--supervise=true", "--supervise=TRUE"})
    void aSupervisorIsSmallKeepsItsStderrLeavesTheUsersOptionsToTheServerAndKnowsTheLauncher(String supervise)
            throws Exception {
        Map<String, String> environment = Map.of("JAVA_HOME", jdk("jdk", "25", true).toString(),
                "UNDERSTUDY_JAVA_OPTS", "-Xmx1g");
        Outcome outcome = run(environment, "serve", "--repository", "a b", supervise);
        List<String> lines = outcome.out().lines().toList();
        assertEquals(7, outcome.exitCode());
        assertTrue(lines.contains("-Xmx32m") && lines.contains("-XX:+UseSerialGC"), outcome.out());
        assertTrue(!lines.contains("-Xmx1g"), outcome.out());
        assertTrue(lines.contains("-Dunderstudy.launcher=" + home.resolve("bin/understudy")), outcome.out());
        assertEquals("to stderr", outcome.err().strip());
        for (String[] unsupervised : new String[][]{{"serve", "--repository", "a b"}, {"serve", "--supervise=false"}}) {
            Outcome serving = run(environment, unsupervised);
            assertTrue(serving.out().contains("-Xmx1g\n") && !serving.out().contains("-Xmx32m"), serving.out());
        }
        assertTrue(run(environment, "status", supervise).out().contains("-Xmx1g\n"), "only serving is supervised");
    }

    @ParameterizedTest
    @ValueSource(strings = {"verdict", "replay"})
    void whatTheLauncherItselfCannotDoIsNoRejection(String command) throws Exception {
        Map<String, String> environment = Map.of("JAVA_HOME", jdk("jdk", "25", true).toString());
        assertEquals(7, run(environment, command, "m").exitCode());
        // The Java of the tests refuses whatever it is given.
        Outcome refused = run(Map.of("JAVA_HOME", folder.resolve("jdk").toString(), "UNDERSTUDY_JAVA_OPTS", "-Xnone"),
                command, "m");
        assertEquals(3, refused.exitCode());
        assertEquals("understudy: Java refuses the options it was given: to stderr", refused.err().strip());
        Files.delete(home.resolve("lib/understudy-server-1.jar"));
        assertEquals(3, run(environment, command, "m").exitCode());
        assertEquals(1, run(environment, "status", "m").exitCode());
        Files.move(home.resolve("bin"), home.resolve("moved"));
        Files.move(home.resolve("lib"), home.resolve("away"));
        assertEquals(3, run(home.resolve("moved/understudy"), environment, command, "m").exitCode());
    }

    /// Where Maven is a shell script that leaves the program behind, or an error.
    private Path sources(String maven) throws IOException {
        Path sources = Files.createDirectories(folder.toRealPath().resolve("sources"));
        Files.copy(LAUNCHER, sources.resolve("understudy"));
        Files.createFile(sources.resolve("pom.xml"));
        Path tools = Files.createDirectories(folder.resolve("maven"));
        script(tools.resolve("mvn"), "#!/bin/sh\necho many words\n" + maven);
        return tools;
    }

    @Test
    void aBuildSaysInOneLineWhatItIsDoingAndWhereItsWordsAre() throws Exception {
        Path tools = sources("""
                mkdir -p server/target/understudy/lib
                touch server/target/understudy/lib/understudy-server-1.jar server/target/understudy/.built
                """);
        Map<String, String> environment = Map.of("JAVA_HOME", jdk("jdk", "25", true).toString(), "PATH",
                tools + ":/usr/bin:/bin");
        Path launcher = folder.toRealPath().resolve("sources/understudy");
        Outcome built = run(launcher, environment, "status");
        Path log = launcher.resolveSibling("target/build.log");
        assertEquals(List.of("understudy: building, which takes a minute or two the first time and longer on a busy"
                + " machine; Maven writes to " + log, "to stderr"), built.err().lines().toList());
        assertEquals("many words", Files.readString(log).strip());
        assertEquals("to stderr", run(launcher, environment, "status").err().strip(), "nothing to build");
    }

    @Test
    void aBuildThatFailsShowsItsErrors() throws Exception {
        Path tools = sources("echo '[ERROR] no disk'; exit 1");
        Outcome failed = run(folder.toRealPath().resolve("sources/understudy"), Map.of("JAVA_HOME",
                jdk("jdk", "25", true).toString(), "PATH", tools + ":/usr/bin:/bin"), "verdict", "m");
        List<String> lines = failed.err().lines().toList();
        assertEquals(3, failed.exitCode(), failed.err());
        assertEquals("[ERROR] no disk", lines.get(1));
        assertTrue(lines.get(2).startsWith("understudy: the build failed; what Maven said stands in "), failed.err());
    }

    @Test
    void anInstallationWithoutTheProgramIsSaid() throws Exception {
        Files.delete(home.resolve("lib/understudy-server-1.jar"));
        Outcome outcome = run(Map.of("JAVA_HOME", jdk("jdk", "25", true).toString()), "serve");
        assertEquals(1, outcome.exitCode());
        assertTrue(outcome.err().startsWith("understudy: the program is not in "), outcome.err());
    }
}
