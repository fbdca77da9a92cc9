"""Writes ONNX models byte by byte, so that broken ones can be written too. Field numbers are those of onnx.proto."""

FLOAT, UINT8, INT8, INT32, INT64, STRING, BOOL, FLOAT16, COMPLEX64 = 1, 2, 3, 6, 7, 8, 9, 10, 14


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def number(field, value):
    return varint(field << 3) + varint(value)


def block(field, content):
    """A message, a string or packed numbers."""
    if isinstance(content, str):
        content = content.encode()
    return varint(field << 3 | 2) + varint(len(content)) + content


def fixed32(field, content):
    return varint(field << 3 | 5) + content


def tensor(name, dims, dtype=FLOAT, raw=None, extra=b""):
    out = b"".join(number(1, extent) for extent in dims) + number(2, dtype)
    if raw is not None:
        out += block(9, raw)
    return out + (block(8, name) if name else b"") + extra


def zeros(name, dims, dtype=FLOAT):
    count = 1
    for extent in dims:
        count *= extent
    width = {FLOAT: 4, INT32: 4, INT64: 8}.get(dtype, 1)
    return tensor(name, dims, dtype, bytes(width * count))


def integers(name, values, dims=None):
    raw = b"".join((value & (1 << 64) - 1).to_bytes(8, "little") for value in values)
    return tensor(name, [len(values)] if dims is None else dims, INT64, raw)


def attribute(name, value):
    """int, float, str, bytes (a tensor), list of int."""
    out = block(1, name)
    if isinstance(value, int):
        return out + number(3, value) + number(20, 2)
    if isinstance(value, float):
        import struct
        return out + fixed32(2, struct.pack("<f", value)) + number(20, 1)
    if isinstance(value, str):
        return out + block(4, value) + number(20, 3)
    if isinstance(value, bytes):
        return out + block(5, value) + number(20, 4)
    return out + b"".join(number(8, element) for element in value) + number(20, 7)


def subgraph_attribute(name, graph_bytes):
    return block(1, name) + block(6, graph_bytes) + number(20, 5)


def node(op, inputs, outputs, name="", domain="", attributes=(), **simple):
    out = b"".join(block(1, text) for text in inputs) + b"".join(block(2, text) for text in outputs)
    out += (block(3, name) if name else b"") + block(4, op) + (block(7, domain) if domain else b"")
    for key, value in simple.items():
        out += block(5, attribute(key, value))
    return out + b"".join(block(5, raw) for raw in attributes)


def extent(value):
    """int: a number; str: a symbol; None: nothing at all."""
    if value is None:
        return block(1, b"")
    return block(1, number(1, value) if isinstance(value, int) else block(2, value))


def tensor_type(dims, dtype=FLOAT):
    shape = b"" if dims is None else block(2, b"".join(extent(value) for value in dims))
    return block(1, number(1, dtype) + shape)


def value(name, dims, dtype=FLOAT):
    return block(1, name) + block(2, tensor_type(dims, dtype))


def graph(nodes, inputs, outputs, initializers=(), sparse=()):
    """inputs, outputs: ValueInfoProto, or a name for an output without a type."""
    out = b"".join(block(1, content) for content in nodes) + block(2, "g")
    out += b"".join(block(5, content) for content in initializers)
    out += b"".join(block(15, content) for content in sparse)
    out += b"".join(block(11, content) for content in inputs)
    for content in outputs:
        out += block(12, block(1, content) if isinstance(content, str) else content)
    return out


def model(graph_bytes, opset=13, functions=(), opsets=None, extra=b""):
    out = number(1, 7) + block(7, graph_bytes)
    for domain, version in ([("", opset)] if opsets is None else opsets):
        out += block(8, (block(1, domain) if domain else b"") + number(2, version))
    return out + b"".join(block(25, content) for content in functions) + extra


def function(name, nodes, domain="local", inputs=("a",), outputs=("b",)):
    out = block(1, name) + b"".join(block(4, text) for text in inputs) + b"".join(block(5, text) for text in outputs)
    out += b"".join(block(7, content) for content in nodes) + block(9, number(2, 13))
    return out + block(10, domain)
