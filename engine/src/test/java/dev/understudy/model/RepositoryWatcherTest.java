package dev.understudy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RepositoryWatcherTest {
    private final Path folder;
    private final Path digits;
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final List<String> threads = Collections.synchronizedList(new ArrayList<>());
    private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());

    RepositoryWatcherTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        digits = Files.createDirectories(folder.resolve("repository/digits"));
    }

    private void listen(List<RepositoryEvent> events) {
        threads.add(Thread.currentThread().getName());
        told.addAll(Stage.tell(events));
    }

    private String next() throws InterruptedException {
        return String.valueOf(told.poll(60, TimeUnit.SECONDS));
    }

    private RepositoryWatcher start(WatchConfig config) throws IOException {
        return RepositoryWatcher.start(folder.resolve("repository"), ObjectStore.open(folder.resolve("objects")),
                config, this::listen, warnings::add);
    }

    /// The long rescan makes sure that it was the system's report which woke the watcher.
    @Test
    void dropsAreSeenAsTheyHappen() throws Exception {
        Path one = Files.write(digits.resolve("1.onnx"), OnnxBytes.named("one"));
        Files.setLastModifiedTime(one, FileTime.fromMillis(0));
        WatchConfig seldom = new WatchConfig(TimeUnit.MILLISECONDS.toNanos(100), TimeUnit.SECONDS.toNanos(5),
                TimeUnit.HOURS.toNanos(1), 0, TimeUnit.HOURS.toNanos(1), 100);
        try (RepositoryWatcher _ = start(seldom)) {
            assertEquals("digits configured", told.poll());
            assertEquals("digits/1 settled", told.poll(), "the start waits for the first look");
            Files.write(digits.resolve("2.onnx"), OnnxBytes.named("two"));
            assertEquals("digits/2 settled", next());
            Path other = Files.createDirectory(folder.resolve("repository/other"));
            Files.write(other.resolve("1.onnx"), OnnxBytes.named("other"));
            assertEquals("other configured", next());
            assertEquals("other/1 settled", next());
            Files.delete(digits.resolve("1.onnx"));
            assertEquals("digits/1 gone", next());
        }
        assertEquals(Thread.currentThread().getName(), threads.getFirst());
        assertEquals("understudy-watcher", threads.getLast());
        assertEquals(List.of(), warnings);
    }

    @Test
    void withoutTheSystemsReportsARescanFindsEverything() throws Exception {
        WatchConfig quick = new WatchConfig(TimeUnit.MILLISECONDS.toNanos(50), TimeUnit.SECONDS.toNanos(5),
                TimeUnit.MILLISECONDS.toNanos(50), 0, TimeUnit.SECONDS.toNanos(1), 100);
        try (RepositoryWatcher watcher = new RepositoryWatcher(folder.resolve("repository"),
                ObjectStore.open(folder.resolve("objects")), quick, this::listen, warnings::add, System::nanoTime,
                () -> {
                    throw new IOException("User limit of inotify instances reached or too many open files");
                })) {
            watcher.start(folder.resolve("repository"));
            Files.write(digits.resolve("2.onnx"), OnnxBytes.named("two"));
            assertEquals("digits configured", next());
            assertEquals("digits/2 settled", next());
        }
        assertEquals(1, warnings.size(), warnings::toString);
        assertTrue(warnings.getFirst().contains("inotify instances"), warnings::toString);
    }

    @Test
    void whatWasCopiedAMomentBeforeTheStartIsToldInOneCall() throws Exception {
        Files.write(digits.resolve("2.onnx"), OnnxBytes.named("two"));
        Path old = Files.write(digits.resolve("3.onnx"), OnnxBytes.named("three"));
        Files.setLastModifiedTime(old, FileTime.fromMillis(0));
        try (RepositoryWatcher _ = start(new WatchConfig(TimeUnit.MILLISECONDS.toNanos(200),
                TimeUnit.SECONDS.toNanos(5), TimeUnit.SECONDS.toNanos(2), TimeUnit.SECONDS.toNanos(60),
                TimeUnit.SECONDS.toNanos(60), 100))) {
            assertEquals(List.of("digits configured", "digits/2 settled", "digits/3 settled"), List.copyOf(told));
            assertEquals(1, threads.size());
        }
    }

    @Test
    void aListenerThatThrowsDoesNotEndTheWatch() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        try (RepositoryWatcher _ = RepositoryWatcher.start(folder.resolve("repository"),
                ObjectStore.open(folder.resolve("objects")), WatchConfig.DEFAULT, events -> {
                    if (Stage.tell(events).contains("digits/2 settled")) {
                        second.countDown();
                    } else {
                        throw new OutOfMemoryError("not today");
                    }
                }, warnings::add)) {
            Files.write(digits.resolve("1.onnx"), OnnxBytes.named("one"));
            while (warnings.isEmpty()) {
                Thread.onSpinWait();
            }
            Files.write(digits.resolve("2.onnx"), OnnxBytes.named("two"));
            assertTrue(second.await(60, TimeUnit.SECONDS));
        }
        assertTrue(warnings.getFirst().contains("not today"), warnings::toString);
    }

    @Test
    void whatStandsIsToldAfterTheEventsOfItsLookAndOnlyWhenItHasChanged() throws Exception {
        Path old = Files.write(digits.resolve("1.onnx"), OnnxBytes.named("one"));
        Files.setLastModifiedTime(old, FileTime.fromMillis(0));
        Path stray = Files.write(folder.resolve("repository/stray.onnx"), OnnxBytes.named("stray"));
        RepositoryListener listener = new RepositoryListener() {
            @Override
            public void onEvents(List<RepositoryEvent> events) {
                told.addAll(Stage.tell(events));
            }

            @Override
            public void onNotes(List<RepositoryNote> standing) {
                told.add(standing.stream().map(RepositoryNote::text).toList().toString());
            }
        };
        try (RepositoryWatcher _ = RepositoryWatcher.start(folder.resolve("repository"),
                ObjectStore.open(folder.resolve("objects")), WatchConfig.DEFAULT, listener, warnings::add)) {
            assertEquals("digits configured", next());
            assertEquals("digits/1 settled", next());
            assertTrue(next().startsWith("[the file stray.onnx lies outside"));
            Files.write(digits.resolve("2.onnx"), OnnxBytes.named("two"));
            assertEquals("digits/2 settled", next(), "the same note again is no news");
            Files.delete(stray);
            assertEquals("[]", next());
        }
        assertEquals(1, warnings.size(), warnings::toString);
    }

    @Test
    void aRepositoryThatIsNotThereAtTheStartIsAnError() throws IOException {
        ObjectStore store = ObjectStore.open(folder.resolve("objects"));
        IOException error = assertThrows(IOException.class, () -> RepositoryWatcher.start(folder.resolve("none"), store,
                WatchConfig.DEFAULT, this::listen, warnings::add));
        assertEquals("the repository cannot be read: no such file", error.getMessage());
    }

    @Test
    void closingEndsTheThread() throws IOException {
        RepositoryWatcher watcher = start(WatchConfig.DEFAULT);
        watcher.close();
        watcher.close();
        assertFalse(Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("understudy-watcher")));
    }
}
