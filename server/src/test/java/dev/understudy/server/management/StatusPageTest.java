package dev.understudy.server.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class StatusPageTest {
    private static final Pattern READ = Pattern.compile("read\\(\\s*(['`])([^'`]*)\\1\\)");

    private final StageView view = new StageView();
    private final StaticPages pages = StaticPages.load();

    @Test
    void scriptReadsOnlyPathsAndParametersThatExist() {
        List<Endpoint> endpoints = new ManagementApi(view, new MetricsPage(view), pages).endpoints();
        String script = pages.element("script");
        Set<String> read = new TreeSet<>();
        Matcher matcher = READ.matcher(script);
        while (matcher.find()) {
            String[] parts = matcher.group(2).split("\\?", 2);
            String path = parts[0].replaceAll("\\$\\{[^}]*}", "*");
            read.add(path);
            Endpoint endpoint = endpoints.stream().filter(each -> each.method().name().equals("GET"))
                    .filter(each -> each.path().replaceAll(":[a-z_]+", "*").equals(path)).findFirst().orElseThrow();
            for (String parameter : parts.length == 1 ? new String[0] : parts[1].split("&", -1)) {
                assertTrue(endpoint.parameters().contains(parameter.split("=", -1)[0]), parameter);
            }
        }
        assertEquals(Set.of("/health", "/models", "/models/*/events", "/models/*/challengers/*/comparisons"), read);
        long reads = Pattern.compile("read\\(").matcher(script).results().count();
        assertEquals(read.size() + 1, reads, "every read but its declaration has a literal path");
        assertEquals(1, Pattern.compile("fetch\\(").matcher(script).results().count());
    }

    @Test
    void nothingFromTheServerCanBecomeMarkup() {
        String script = pages.element("script");
        for (String sink : List.of("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                "Function(", "setAttribute('on", ".href", ".src", "javascript:")) {
            assertFalse(script.contains(sink), sink);
        }
    }

    @Test
    void pageIsWholeInOneFile() {
        String page = pages.status();
        assertFalse(Pattern.compile("https?://|//[a-z]|@import|url\\(|<link[^>]*stylesheet|<script [^>]*src")
                .matcher(page).find());
        assertEquals(1, Pattern.compile("<script>").matcher(page).results().count());
        assertEquals(1, Pattern.compile("<style>").matcher(page).results().count());
        assertFalse(Pattern.compile("<[a-z][^>]*\\s(style|on[a-z]+)=").matcher(page).find(),
                "the policy would block it");
    }

    @Test
    void policyNamesTheVeryScriptAndStyleThatAreServed() throws Exception {
        try (ManagementServer server = ManagementServer.start(view, ManagementConfig.of("127.0.0.1", 0, null));
                Caller caller = new Caller(server.port())) {
            HttpResponse<byte[]> response = caller.get("/");

            assertEquals("text/html; charset=utf-8", response.headers().firstValue("content-type").orElse(""));
            String policy = response.headers().firstValue("content-security-policy").orElse("");
            String body = Caller.text(response);
            for (String element : List.of("script", "style")) {
                String content = body.substring(body.indexOf("<" + element + ">") + element.length() + 2,
                        body.indexOf("</" + element + ">"));
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
                assertTrue(
                        policy.contains(element + "-src 'sha256-" + Base64.getEncoder().encodeToString(digest) + "'"),
                        policy);
            }
            assertEquals("nosniff", response.headers().firstValue("x-content-type-options").orElse(""));
        }
    }

    @Test
    void everyElementTheScriptLooksUpIsThere() {
        Set<String> wanted = Pattern.compile("\\bid\\('([a-z]+)'\\)").matcher(pages.element("script")).results()
                .map(result -> result.group(1)).collect(Collectors.toSet());
        assertFalse(wanted.isEmpty());
        for (String id : wanted) {
            assertTrue(pages.status().contains("id=\"" + id + "\""), id);
        }
    }
}
