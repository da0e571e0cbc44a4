/// Calls into the C library and the operating system by the foreign function interface.
@NullMarked
package dev.understudy.ffm;

import org.jspecify.annotations.NullMarked;
