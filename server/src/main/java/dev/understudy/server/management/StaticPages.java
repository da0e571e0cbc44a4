package dev.understudy.server.management;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// The status page and the API's description, as they lie beside this class. Immutable.
///
/// @param status  the page, whole in one file
/// @param openApi the OpenAPI document
record StaticPages(String status, String openApi) {
    static StaticPages load() {
        return new StaticPages(resource("status.html"), resource("openapi.json"));
    }

    /// Lets a browser run the page's own script and style and nothing else, whatever a model's name may contain.
    String securityPolicy() {
        return "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
                + "frame-ancestors 'none'; script-src '" + hash("script") + "'; style-src '" + hash("style") + "'";
    }

    /// The text of the page's only element of this name.
    String element(String name) {
        String begin = "<" + name + ">";
        int from = status.indexOf(begin) + begin.length();
        return status.substring(from, status.indexOf("</" + name + ">", from));
    }

    private String hash(String element) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(element(element).getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = StaticPages.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("the program's resource cannot be read: " + name, e);
        }
    }
}
