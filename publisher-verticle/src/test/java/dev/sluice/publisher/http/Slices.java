// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import java.util.List;

/** A batch, cut up in one go. */
final class Slices {

    private Slices() {}

    static List<byte[]> of(byte[] body) {
        BatchSlicer slicer = new BatchSlicer(body);
        boolean more = true;
        while (more) {
            more = slicer.next();
        }
        return slicer.slices();
    }
}
