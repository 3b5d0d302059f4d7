package har

// Multipart is what multipart bodies go through.
var Multipart = multipart
