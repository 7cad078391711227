"""How the demo's product pictures are drawn: a canvas, motifs, labels and one function a kind of pack."""
