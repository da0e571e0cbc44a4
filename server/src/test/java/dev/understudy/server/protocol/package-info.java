/// The Open Inference Protocol as clients meet it: the real server on real models.
@NullMarked
package dev.understudy.server.protocol;

import org.jspecify.annotations.NullMarked;
