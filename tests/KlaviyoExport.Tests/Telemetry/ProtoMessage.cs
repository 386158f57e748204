using System.Buffers.Binary;
using System.Text;

namespace KlaviyoExport.Tests.Telemetry;

/// <summary>A message in protocol buffers' wire format, whose fields are known by their numbers only.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public ProtoMessage(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var tag = Varint(ref bytes);
            var (field, number, content) = ((int)(tag >> 3), 0UL, ReadOnlyMemory<byte>.Empty);
            switch (tag & 7)
            {
                case 0:
                    number = Varint(ref bytes);
                    break;
                case 1:
                    number = BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8).Span);
                    break;
                case 2:
                    content = Take(ref bytes, (int)Varint(ref bytes));
                    break;
                case 5:
                    number = BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4).Span);
                    break;
                default:
                    throw new InvalidDataException($"Wire type {tag & 7}.");
            }
            _fields.Add((field, number, content));
        }
    }

    public IEnumerable<ProtoMessage> Messages(int field) => All(field).Select(found => new ProtoMessage(found.Bytes));

    public ProtoMessage? Message(int field) => Messages(field).FirstOrDefault();

    public string Text(int field) => Encoding.UTF8.GetString(All(field).Select(found => found.Bytes).FirstOrDefault().Span);

    public string Hex(int field) => Convert.ToHexStringLower(All(field).Select(found => found.Bytes).FirstOrDefault().Span);

    public bool Has(int field) => All(field).Any();

    public ulong Number(int field) => All(field).Select(found => found.Number).FirstOrDefault();

    public double Real(int field) => BitConverter.UInt64BitsToDouble(Number(field));

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, int count)
    {
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> bytes)
    {
        var (value, shift) = (0UL, 0);
        while (true)
        {
            var one = Take(ref bytes, 1).Span[0];
            value |= (ulong)(one & 0x7F) << shift;
            if (one < 0x80)
                return value;
            shift += 7;
        }
    }

    private IEnumerable<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> All(int field) =>
        _fields.Where(found => found.Field == field);
}
