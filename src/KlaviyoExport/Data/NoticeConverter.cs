using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace KlaviyoExport.Data;

internal sealed class NoticeConverter() : ValueConverter<Notice, string>(notice => notice.ToJson(), json => Notice.FromJson(json));
