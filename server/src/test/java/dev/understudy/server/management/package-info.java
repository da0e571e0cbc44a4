@NullMarked
package dev.understudy.server.management;

import org.jspecify.annotations.NullMarked;
