/// The HTTP data plane.
@NullMarked
package dev.understudy.server.http;

import org.jspecify.annotations.NullMarked;
