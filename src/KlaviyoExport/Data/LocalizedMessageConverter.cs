using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace KlaviyoExport.Data;

internal sealed class LocalizedMessageConverter()
    : ValueConverter<LocalizedMessage, string>(message => message.ToJson(), json => LocalizedMessage.FromJson(json));
