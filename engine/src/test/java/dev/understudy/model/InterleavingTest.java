package dev.understudy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// Writers that write, stall, rename, delete and begin anew, at any moment between looks.
class InterleavingTest {
    /// A model, and how much of it parses as a model too: the field behind its last necessary one may be missing.
    private static final class Content {
        private final byte[] bytes;
        private final int parsingLength;

        Content(Random random) {
            byte[] weights = new byte[random.nextInt(4000)];
            random.nextBytes(weights);
            OnnxBytes model = OnnxBytes.message().number(1, 8)
                    .bytes(7, OnnxBytes.message().bytes(5, OnnxBytes.message().bytes(9, weights)))
                    .bytes(8, OnnxBytes.message().number(2, 12));
            parsingLength = model.toBytes().length;
            bytes = model.bytes(14, OnnxBytes.entry("trained", "today")).toBytes();
        }

        /// How long the file is after each of its writes but the last.
        List<Integer> lengths(Random random) {
            List<Integer> lengths = new ArrayList<>(List.of(parsingLength));
            for (int length = 0; length < bytes.length; length += 1 + random.nextInt(1000)) {
                lengths.add(length);
            }
            lengths.sort(null);
            return lengths;
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Property(tries = 60)
    void onlyFinalContentsAreEverTakenAndTheLastOneStands(@ForAll long seed) throws Exception {
        Path folder = Files.createTempDirectory("interleaving");
        try {
            play(new Random(seed), new Stage(folder));
        } finally {
            try (Stream<Path> tree = Files.walk(folder)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private static void play(Random random, Stage stage) throws Exception {
        List<String> finalHashes = new ArrayList<>();
        Map<String, String> standing = new TreeMap<>();
        Map<String, String> expected = new TreeMap<>();
        stage.look(0);
        for (int act = 0; act < 12; act++) {
            String version = String.valueOf(1 + random.nextInt(2));
            String name = "digits/" + version + ".onnx";
            Content content = new Content(random);
            switch (random.nextInt(5)) {
                case 0 -> {
                    Files.deleteIfExists(stage.repository.resolve(name));
                    expected.remove(version);
                }
                case 1 -> {
                    finalHashes.add(sha256(content.bytes));
                    expected.put(version, sha256(content.bytes));
                    stage.rename(name, content.bytes);
                }
                default -> {
                    for (int length : content.lengths(random)) {
                        stage.write(name, Arrays.copyOf(content.bytes, length));
                        follow(stage, random.nextInt(200), standing, finalHashes);
                        follow(stage, random.nextInt(250), standing, finalHashes);
                    }
                    finalHashes.add(sha256(content.bytes));
                    expected.put(version, sha256(content.bytes));
                    stage.write(name, content.bytes);
                }
            }
            follow(stage, random.nextInt(800), standing, finalHashes);
        }
        for (int look = 0; look < 4; look++) {
            follow(stage, 3000, standing, finalHashes);
        }
        assertEquals(expected, standing);
        assertEquals(List.of(), stage.warnings);
    }

    private static void follow(Stage stage, long millis, Map<String, String> standing, List<String> finalHashes)
            throws Exception {
        for (RepositoryEvent event : stage.look(millis).events()) {
            switch (event) {
                case RepositoryEvent.VersionSettled(ModelVersion version) -> {
                    assertTrue(finalHashes.contains(version.sha256()), "a partial content was taken");
                    assertEquals(version.sha256(), sha256(Files.readAllBytes(version.file())));
                    assertEquals(null, standing.put(version.version(), version.sha256()), "it was still standing");
                }
                case RepositoryEvent.VersionGone(ModelVersion version) ->
                    assertEquals(version.sha256(), standing.remove(version.version()));
                case RepositoryEvent.VersionUnusable unusable ->
                    throw new AssertionError("nothing was at rest and broken: " + unusable.reason());
                case RepositoryEvent.ModelConfigured _,RepositoryEvent.ConfigInvalid _,RepositoryEvent.UnusableGone _ ->
                    {
                    }
            }
        }
    }
}
