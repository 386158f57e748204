using System.Reflection;

namespace KlaviyoExport.Data;

/// <summary>Compares a property of two rows without boxing its values, which would take longer than storing them.</summary>
internal static class SameValue
{
    private static readonly MethodInfo Definition = new Func<PropertyInfo, Func<object, object, bool>>(
        Of<object, object>
    ).Method.GetGenericMethodDefinition();

    /// <summary>Returns whether two rows have the same value of a property. Arrays are the same if they are one object.</summary>
    public static Func<object, object, bool> Of(PropertyInfo property) =>
        (Func<object, object, bool>)Definition.MakeGenericMethod(property.DeclaringType!, property.PropertyType).Invoke(null, [property])!;

    private static Func<object, object, bool> Of<TRow, TValue>(PropertyInfo property)
    {
        var read = property.GetMethod!.CreateDelegate<Func<TRow, TValue>>();
        return (one, other) => EqualityComparer<TValue>.Default.Equals(read((TRow)one), read((TRow)other));
    }
}
