package http1

const (
	BufferSize  = bufferSize
	ChunkExcess = chunkExcess
)
